/** Line drawings on a 24 × 24 grid, in the colour of the text around them. */
const PATHS = {
  clock: "M12 7v5l3 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0Z",
  box: "M21 8 12 3 3 8v8l9 5 9-5V8ZM3 8l9 5 9-5M12 13v8",
  truck: "M3 6h11v10H3V6Zm11 4h4l3 3v3h-7M7.5 18.5a2 2 0 1 0 0-.01M17.5 18.5a2 2 0 1 0 0-.01",
  check: "m5 12.5 4.5 4.5L19 7.5",
  cross: "m6 6 12 12M18 6 6 18",
  return: "M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3",
  search: "M20 20l-4.5-4.5M17 10.5a6.5 6.5 0 1 1-13 0 6.5 6.5 0 0 1 13 0Z",
  bell: "M6 16V11a6 6 0 1 1 12 0v5l1.5 2h-15L6 16Zm4 5h4",
  sun: "M12 4V2m0 20v-2m8-8h2M2 12h2m13.7-5.7 1.4-1.4M4.9 19.1l1.4-1.4m0-11.4L4.9 4.9m14.2 14.2-1.4-1.4M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0Z",
  moon: "M20 14.5A8 8 0 0 1 9.5 4 8 8 0 1 0 20 14.5Z",
  leave: "M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9",
  back: "m14 6-6 6 6 6",
  copy: "M9 9h11v11H9V9Zm-4 6H4V4h11v1",
  chat: "M4 5h16v11H10l-5 4v-4H4V5Z",
  alert: "M12 4 2.5 20h19L12 4Zm0 6v4m0 3v.01",
  inbox: "M4 13 6.5 5h11L20 13v6H4v-6Zm0 0h5l1 2.5h4l1-2.5h5",
  home: "M4 11 12 4l8 7v9h-5v-6H9v6H4v-9Z",
  people:
    "M15.5 20v-1.5a4 4 0 0 0-4-4h-4a4 4 0 0 0-4 4V20m6-9a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7Zm11 9v-1.5a4 4 0 0 0-3-3.8m-2-10.5a3.5 3.5 0 0 1 0 6.6",
  send: "M21 4 3 11l7 3m11-10-7 17-4-7m11-10L10 14",
  more: "m6 9 6 6 6-6",
  split: "M4 7h6l5 10h5m0 0-3-3m3 3-3 3M4 17h6l1.5-3M15 7h5m0 0-3-3m3 3-3 3",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.75"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
