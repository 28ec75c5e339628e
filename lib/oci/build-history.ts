// Reconstructs Dockerfile instructions from an image's history and pairs each with the layer it created.
import type { HistoryEntry } from './image-config.ts';

export type BuildStep<Layer> = {
  /** The Dockerfile instruction; empty if the history doesn't record one. */
  instruction: string;
  comment: string;
  createdAt: Date | null;
  /** Null if the instruction created no layer, or its layer is unknown. */
  layer: Layer | null;
  isEmpty: boolean;
};

export type BuildHistory<Layer> = {
  steps: BuildStep<Layer>[];
  /** False if the history and the manifest disagree on the number of layers. No layer is paired then. */
  isMatched: boolean;
};

const MAX_INSTRUCTION_LENGTH = 4_000;

/**
 * Pairs history entries with layers, both first to last. Entries with `empty_layer` created no filesystem diff.
 * Builders aren't required to write a complete history.
 */
export function matchHistory<Layer>(history: readonly HistoryEntry[], layers: readonly Layer[]): BuildHistory<Layer> {
  const isMatched = history.filter((entry) => !entry.empty_layer).length === layers.length;
  const rest = [...layers].reverse();
  const recorded = history.map((entry) => {
    const layer = isMatched && !entry.empty_layer ? (rest.pop() ?? null) : null;
    return toStep(entry, layer);
  });
  const unrecorded = rest.reverse().map((layer) => toStep({}, layer));
  return { steps: [...recorded, ...unrecorded], isMatched: isMatched || history.length === 0 };
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

/** Recovers the Dockerfile instruction from the command a builder recorded. */
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

/** Strips build arguments, as in `|2 A=1 B=2 /bin/sh -c …`. */
function withoutBuildArguments(command: string): string {
  if (!/^\|\d+ /.test(command)) return command;
  const start = command.indexOf(SHELL);
  return start < 0 ? command : command.slice(start);
}
