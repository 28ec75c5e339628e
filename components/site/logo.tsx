/** A display case with something in it. */
export function Logo({ size = 22 }: { size?: number }) {
  return (
    <svg aria-hidden="true" fill="none" height={size} viewBox="0 0 24 24" width={size}>
      <rect height="20" rx="4" stroke="currentColor" strokeWidth="1.8" width="20" x="2" y="2" />
      <path d="M2.5 15.5h19" stroke="currentColor" strokeWidth="1.8" />
      <path d="m12 5.2 4.2 2.3v4.6L12 14.4l-4.2-2.3V7.5L12 5.2Z" fill="currentColor" />
      <path d="M6 19h4" stroke="currentColor" strokeLinecap="round" strokeWidth="1.8" />
    </svg>
  );
}
