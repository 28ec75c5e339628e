import type { Kind } from '#lib/search/schema.ts';
import type { IconName } from '../ui/icon.tsx';

export const KIND_LABELS: Record<Kind, { one: string; many: string; icon: IconName }> = {
  image: { one: 'Image', many: 'Images', icon: 'image' },
  chart: { one: 'Helm chart', many: 'Helm charts', icon: 'chart' },
  artifact: { one: 'Artifact', many: 'Artifacts', icon: 'artifact' },
};
