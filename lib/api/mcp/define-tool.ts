// A tool of the MCP endpoint is data: its schemas, and how it asks the REST API. Tools read only.
import type { z } from 'zod';
import type { Kind } from '#lib/search/schema.ts';
import type { AskApi } from './ask-api.ts';

/** Addresses on this site. The edge provides them, because pages know how to build them. */
export type McpLinks = {
  repository: (fullName: string, reference?: string) => string;
  /** For the usual client of this kind. `reference` is a tag or a digest. */
  pullCommand: (kind: Kind, fullName: string, reference: string) => string;
};

export type ToolContext = { ask: AskApi; links: McpLinks };

export type ToolDefinition<Input extends z.ZodObject, Output extends z.ZodObject> = {
  name: string;
  title: string;
  description: string;
  input: Input;
  output: Output;
  /** @throws AppError with a sentence for the caller */
  run: (context: ToolContext, input: z.output<Input>) => Promise<z.input<Output>>;
};

/** A definition with its type parameters erased. */
export type McpTool = Omit<ToolDefinition<z.ZodObject, z.ZodObject>, 'run'> & {
  run: (context: ToolContext, input: Record<string, unknown>) => Promise<Record<string, unknown>>;
};

export function defineTool<Input extends z.ZodObject, Output extends z.ZodObject>(
  definition: ToolDefinition<Input, Output>,
): McpTool {
  // Safe, because createMcpServer parses the input with the schema that the type comes from.
  return definition as unknown as McpTool;
}
