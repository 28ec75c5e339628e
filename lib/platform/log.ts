import { pino, type Logger } from 'pino';

export type Log = Logger;

const REDACTED = ['password', 'secret', 'token', 'authorization', 'headers.authorization', 'headers.cookie'];

/** JSON lines on standard output; in a terminal, one readable line an event. */
export function createLog(level: string, isTerminal = process.stdout.isTTY): Log {
  return pino({
    level,
    serializers: { err: describeError },
    redact: { paths: REDACTED, censor: '[hidden]' },
    ...(isTerminal && {
      transport: {
        target: 'pino-pretty',
        options: { ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l', singleLine: true },
      },
    }),
  });
}

/** As pino does it, but for the client that an error of the database carries when its connection is lost, with all it ever asked. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { client: _, ...described } = pino.stdSerializers.err(error);
  return described;
}
