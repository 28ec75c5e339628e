// An image's history as the Dockerfile it came from, each layer with the instruction that made it.
import type { HistoryEntry } from './image-config.ts';

export type BuildStep<Layer> = {
  /** As it would stand in a Dockerfile; empty where the history does not tell. */
  instruction: string;
  comment: string;
  createdAt: Date | null;
  /** Null: the instruction changed no file, or nothing is known of its layer. */
  layer: Layer | null;
  isEmpty: boolean;
};

export type BuildHistory<Layer> = {
  steps: BuildStep<Layer>[];
  /** False: the history tells of another number of layers than there are. Then no instruction is put beside a layer. */
  isMatched: boolean;
};

const MAX_INSTRUCTION_LENGTH = 4_000;

/**
 * "history … describes the history of each layer. The array is ordered from first to last", with `empty_layer` for what
 * created no filesystem diff. Nothing obliges a builder to it.
 */
export function matchHistory<Layer>(history: readonly HistoryEntry[], layers: readonly Layer[]): BuildHistory<Layer> {
  const isMatched = history.filter((entry) => !entry.empty_layer).length === layers.length;
  const rest = [...layers].reverse();
  const told = history.map((entry) => {
    const layer = isMatched && !entry.empty_layer ? (rest.pop() ?? null) : null;
    return toStep(entry, layer);
  });
  const untold = rest.reverse().map((layer) => toStep({}, layer));
  return { steps: [...told, ...untold], isMatched: isMatched || history.length === 0 };
}

function toStep<Layer>(entry: HistoryEntry, layer: Layer | null): BuildStep<Layer> {
  const createdAt = entry.created ? new Date(entry.created) : null;
  return {
    instruction: toInstruction((entry.created_by ?? '').slice(0, MAX_INSTRUCTION_LENGTH)),
    comment: entry.comment ?? '',
    createdAt: createdAt && createdAt.getTime() > 0 ? createdAt : null,
    layer,
    isEmpty: entry.empty_layer === true,
  };
}

const SHELL = '/bin/sh -c ';
const NO_OPERATION = '#(nop) ';
const BUILDKIT = '# buildkit';
const INSTRUCTION =
  /^(?:ADD|ARG|CMD|COPY|ENTRYPOINT|ENV|EXPOSE|FROM|HEALTHCHECK|LABEL|MAINTAINER|ONBUILD|RUN|SHELL|STOPSIGNAL|USER|VOLUME|WORKDIR)\s/;

/** Builders write what they ran; this is what somebody had written for them. */
export function toInstruction(createdBy: string): string {
  const command = withoutBuildArguments(createdBy.trim());
  if (command.startsWith(SHELL)) {
    const rest = command.slice(SHELL.length).trim();
    return rest.startsWith(NO_OPERATION) ? rest.slice(NO_OPERATION.length).trim() : `RUN ${rest}`;
  }
  if (!INSTRUCTION.test(command)) return command;
  const written = command.endsWith(BUILDKIT) ? command.slice(0, -BUILDKIT.length).trim() : command;
  return written.startsWith('RUN ') ? `RUN ${withoutShell(withoutBuildArguments(written.slice(4).trim()))}` : written;
}

function withoutShell(command: string): string {
  return command.startsWith(SHELL) ? command.slice(SHELL.length).trim() : command;
}

/** `|2 A=1 B=2 /bin/sh -c …`: the build arguments that a command was run with. */
function withoutBuildArguments(command: string): string {
  if (!/^\|\d+ /.test(command)) return command;
  const start = command.indexOf(SHELL);
  return start < 0 ? command : command.slice(start);
}
