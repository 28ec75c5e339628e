/** How attempts ended. `given-up` counts deliveries. */
export const DELIVERY_RESULTS = ['delivered', 'refused', 'unreachable', 'given-up'] as const;

export class DeliveryCounts {
  readonly totals: Record<(typeof DELIVERY_RESULTS)[number], number> = {
    delivered: 0,
    refused: 0,
    unreachable: 0,
    'given-up': 0,
  };
}
