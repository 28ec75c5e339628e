import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

const TONES = {
  neutral: 'border-line bg-surface text-muted',
  accent: 'border-transparent bg-accent-soft text-accent',
  warning: 'border-transparent bg-warning-soft text-warning',
} as const;

type ChipProps = { children: ReactNode; tone?: keyof typeof TONES; icon?: IconName; title?: string };

export function Chip({ children, tone = 'neutral', icon, title }: ChipProps) {
  return (
    <span
      className={`inline-flex items-center gap-1 rounded border px-1.5 text-xs leading-5 whitespace-nowrap ${TONES[tone]}`}
      title={title}
    >
      {icon && <Icon name={icon} size={12} />}
      {children}
    </span>
  );
}
