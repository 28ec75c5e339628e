/** Conditions that leave robots out. */

/** On users. */
export const IS_PERSON = { kind: 'person' } as const;

/** On rows that belong to a user, such as members. */
export const OF_A_PERSON = { user: IS_PERSON } as const;
