/** The logo: a delivery route in the shape of a W. */
function LogoMark({ size = 28 }: { size?: number }) {
  return (
    <svg class="logo-mark" width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true">
      <path
        d="M5.5 9.5 11 23l5-11 5 11 4.2-10.2"
        stroke="currentColor"
        stroke-width="2.6"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
      <circle cx="5.2" cy="8.8" r="2.4" fill="var(--paper)" stroke="currentColor" stroke-width="2" />
      <circle class="logo-spark" cx="26.4" cy="8.8" r="3.4" />
    </svg>
  );
}

export function Logo() {
  return (
    <span class="logo">
      <LogoMark />
      <span class="logo-word">Waybill</span>
    </span>
  );
}
