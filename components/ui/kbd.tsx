/** Shows a shortcut. Screen readers get it from `aria-keyshortcuts`. */
export function Kbd({ children }: { children: string }) {
  return (
    <kbd
      aria-hidden="true"
      className="needs-script rounded border border-current/40 px-1 font-mono text-xs leading-4 font-normal"
    >
      {children}
    </kbd>
  );
}
