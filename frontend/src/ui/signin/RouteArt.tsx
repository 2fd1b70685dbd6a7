/** A drawing of a parcel's route across a map. */
export function RouteArt() {
  return (
    <svg class="route-art" viewBox="0 0 420 180" fill="none" aria-hidden="true">
      <g class="route-grid">
        {Array.from({ length: 11 }, (_, column) => {
          const x = 10 + column * 40;
          return <line key={x} x1={x} y1="6" x2={x} y2="174" />;
        })}
        {Array.from({ length: 5 }, (_, row) => {
          const y = 10 + row * 40;
          return <line key={y} x1="4" y1={y} x2="416" y2={y} />;
        })}
      </g>
      <path
        class="route-ahead"
        d="M30 50 C70 50 76 140 128 140 S186 46 226 46 S270 130 312 130 S350 60 390 50"
      />
      <path class="route-done" d="M30 50 C70 50 76 140 128 140 S186 46 226 46" />
      <circle class="route-stop" cx="30" cy="50" r="6" />
      <circle class="route-stop" cx="128" cy="140" r="6" />
      <circle class="route-goal" cx="390" cy="50" r="7" />
      <circle class="route-halo" cx="226" cy="46" r="15" />
      <circle class="route-here" cx="226" cy="46" r="8" />
    </svg>
  );
}
