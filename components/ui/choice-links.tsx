type ChoiceLinksProps<Value extends string> = {
  /** Accessible name of the group. */
  label?: string;
  values: readonly Value[];
  labels: Record<Value, string>;
  /** May be an order that isn't offered. */
  current: string;
  href: (value: Value) => string;
};

export function ChoiceLinks<Value extends string>({
  label = 'Sort',
  values,
  labels,
  current,
  href,
}: ChoiceLinksProps<Value>) {
  return (
    <nav aria-label={label} className="text-sm">
      <ul className="flex flex-wrap gap-x-1">
        {values.map((value) => (
          <li key={value}>
            <a
              aria-current={value === current ? 'true' : undefined}
              className={`flex min-h-7 items-center rounded px-2 ${
                value === current ? 'bg-surface-strong font-semibold' : 'text-muted hover:text-ink'
              }`}
              href={href(value)}
            >
              {labels[value]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
