import { hostname } from 'node:os';
import { pino, type Logger } from 'pino';

export type LogCounts = Record<'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal', number>;

/** `lineCounts`: lines logged since the process started, for metrics. */
export type Log = Logger & { lineCounts: LogCounts };

const REDACTED = ['password', 'secret', 'token', 'authorization', 'headers.authorization', 'headers.cookie'];

/** Whether standard output is a terminal. Programs get JSON lines. */
export function isTerminalOutput(): boolean {
  return process.stdout.isTTY;
}

/**
 * Logs JSON lines to standard output, or human-readable lines in a terminal.
 * @param processName tells the processes of one machine apart
 */
export function createLog(level: string, isTerminal = isTerminalOutput(), processName: string | null = null): Log {
  const lineCounts: LogCounts = { trace: 0, debug: 0, info: 0, warn: 0, error: 0, fatal: 0 };
  const logger = pino({
    level,
    ...(processName !== null && { base: { pid: process.pid, hostname: hostname(), process: processName } }),
    hooks: {
      logMethod(args, method, number) {
        const name = pino.levels.labels[number] as keyof LogCounts;
        lineCounts[name] += 1;
        method.apply(this, args);
      },
    },
    serializers: { err: describeError },
    redact: { paths: REDACTED, censor: '[hidden]' },
    ...(isTerminal && {
      transport: {
        target: 'pino-pretty',
        options: { ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l', singleLine: true },
      },
    }),
  });
  return Object.assign(logger, { lineCounts });
}

/** Omits `client`, which pg attaches to connection errors together with all its prepared statements. */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { client: _, ...described } = pino.stdSerializers.err(error);
  return described;
}
