const MAX_USER_AGENT_LENGTH = 200;
const MAX_TARGET_LENGTH = 500;

export const cleanUserAgent = (text: string): string => cleanText(text, MAX_USER_AGENT_LENGTH);
export const cleanTarget = (text: string): string => cleanText(text, MAX_TARGET_LENGTH);

/** Returns one line that PostgreSQL can store: well-formed Unicode without NUL or invisible characters. */
function cleanText(text: string, maxLength: number): string {
  return text
    .slice(0, maxLength)
    .toWellFormed()
    .replace(/\p{C}+/gu, ' ')
    .trim();
}
