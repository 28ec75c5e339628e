import { pino, type Logger } from 'pino';

export type Log = Logger;

const REDACTED = ['password', 'secret', 'token', 'authorization', 'headers.authorization', 'headers.cookie'];

/** JSON lines on standard output; in a terminal, one readable line an event. */
export function createLog(level: string, isTerminal = process.stdout.isTTY): Log {
  return pino({
    level,
    redact: { paths: REDACTED, censor: '[hidden]' },
    ...(isTerminal && {
      transport: {
        target: 'pino-pretty',
        options: { ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l', singleLine: true },
      },
    }),
  });
}
