const PATHS = {
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10Zm3.6-1.4L14 14',
  copy: 'M5.5 5.5v-2A1.5 1.5 0 0 1 7 2h5.5A1.5 1.5 0 0 1 14 3.5V9a1.5 1.5 0 0 1-1.5 1.5h-2M3.5 5.5H9A1.5 1.5 0 0 1 10.5 7v5.5A1.5 1.5 0 0 1 9 14H3.5A1.5 1.5 0 0 1 2 12.5V7a1.5 1.5 0 0 1 1.5-1.5Z',
  check: 'm3 8.5 3.2 3.2L13 4.8',
  chevron: 'm6 3.5 4.5 4.5L6 12.5',
  close: 'm4 4 8 8m0-8-8 8',
  menu: 'M2.5 4h11m-11 4h11m-11 4h11',
  sun: 'M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 1.5V3m0 10v1.5M1.5 8H3m10 0h1.5M3.4 3.4l1.1 1.1m7 7 1.1 1.1m0-9.2-1.1 1.1m-7 7-1.1 1.1',
  moon: 'M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1Z',
  lock: 'M4.5 7V5a3.5 3.5 0 0 1 7 0v2M3.5 7h9A.5.5 0 0 1 13 7.5v6a.5.5 0 0 1-.5.5h-9a.5.5 0 0 1-.5-.5v-6a.5.5 0 0 1 .5-.5Z',
  image: 'M8 1.8 13.8 5v6L8 14.2 2.2 11V5L8 1.8Zm0 6.4L13.8 5M8 8.2 2.2 5M8 8.2v6',
  chart: 'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6Zm0-3.5V5m0 6v3.5M2.4 4.8l3 1.7m5.2 3 3 1.7m0-6.4-3 1.7m-5.2 3-3 1.7',
  artifact: 'M4 1.8h5L12.5 5.3v8.4a.5.5 0 0 1-.5.5H4a.5.5 0 0 1-.5-.5V2.3a.5.5 0 0 1 .5-.5Zm5 0v3.5h3.5',
  verified:
    'm8 1.5 1.7 1.3 2.1-.1.5 2.1 1.7 1.2-.8 2 .8 2-1.7 1.2-.5 2.1-2.1-.1L8 14.5l-1.7-1.3-2.1.1-.5-2.1L2 10l.8-2L2 6l1.7-1.2.5-2.1 2.1.1L8 1.5ZM5.7 8l1.6 1.6 3-3',
  warning: 'M8 2 14.5 13.5h-13L8 2Zm0 4.5v3m0 1.8v.2',
  star: 'm8 1.8 1.9 3.9 4.3.6-3.1 3 .7 4.3L8 11.6l-3.8 2 .7-4.3-3.1-3 4.3-.6L8 1.8Z',
  bell: 'M4 11V7a4 4 0 0 1 8 0v4l1.2 1.5H2.8L4 11Zm2.8 3.4h2.4',
  tag: 'M2 7.5V2.5A.5.5 0 0 1 2.5 2h5L14 8.5 8.5 14 2 7.5Zm3-2.3v.1',
} as const;

export type IconName = keyof typeof PATHS;

/** Decorative. The text next to an icon carries the meaning. */
export function Icon({ name, size = 16, className }: { name: IconName; size?: number; className?: string }) {
  return (
    <svg
      aria-hidden="true"
      className={`shrink-0 ${className ?? ''}`}
      fill="none"
      height={size}
      stroke="currentColor"
      strokeLinecap="round"
      strokeLinejoin="round"
      strokeWidth={1.4}
      viewBox="0 0 16 16"
      width={size}
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
