import { code39 } from "../../text/code39";

/** A barcode that scanners can read. It is hidden from screen readers, which read the number beside it. */
export function Barcode({ text }: { text: string }) {
  const code = code39(text);
  if (!code) return null;
  return (
    <svg class="barcode" viewBox={`0 0 ${code.width} 40`} preserveAspectRatio="none" aria-hidden="true">
      {code.bars.map(({ x, width }) => (
        <rect key={x} x={x} y="0" width={width} height="40" />
      ))}
    </svg>
  );
}
