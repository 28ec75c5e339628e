/** Returns whether a key pressed in `target` is input rather than a shortcut. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches('textarea, select')) return true;
  return target.matches('input:not([type="radio"], [type="checkbox"], [type="button"], [type="submit"])');
}
