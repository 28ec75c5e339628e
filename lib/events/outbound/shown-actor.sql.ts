/** What members of a registry read instead of who it was. */
export const OUTSIDERS = { staff: 'staff of this site', user: 'another user of this site' };

/**
 * An expression for who caused an event, as members of its registry see it. `event` is a relation with `registry_id`, `actor_id` and a
 * label for those who are neither members nor staff.
 */
export const shownActor = (event: string, label: string): string => `
  coalesce(
    (SELECT u.email FROM members m JOIN users u ON u.id = m.user_id
      WHERE m.registry_id = ${event}.registry_id AND m.user_id = ${event}.actor_id),
    (SELECT '${OUTSIDERS.staff}' FROM users u WHERE u.id = ${event}.actor_id AND u.role IN ('reviewer', 'admin')),
    ${event}.${label})`;
