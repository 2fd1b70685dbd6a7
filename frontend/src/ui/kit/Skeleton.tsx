/** A placeholder for rows that are loading. It only becomes visible when loading takes a while. */
export function SkeletonRows({ rows, label }: { rows: number; label: string }) {
  return (
    <div class="skeleton-rows" data-testid="loading">
      <span class="visually-hidden">{label}</span>
      {Array.from({ length: rows }, (_, index) => (
        <div class="skeleton-row" key={index} aria-hidden="true">
          <span class="bone round" />
          <span class="bone wide" />
          <span class="bone" />
          <span class="bone short" />
        </div>
      ))}
    </div>
  );
}

export function SkeletonOrder() {
  return (
    <div class="skeleton-order" data-testid="loading">
      <span class="visually-hidden">The order is loading</span>
      <div class="card" aria-hidden="true">
        <span class="bone short" />
        <span class="bone title" />
        <span class="bone wide" />
        <span class="bone track" />
      </div>
      <div class="card" aria-hidden="true">
        <span class="bone short" />
        <span class="bone wide" />
        <span class="bone wide" />
      </div>
    </div>
  );
}
