// Every tool of the MCP endpoint.
import type { McpTool } from './define-tool.ts';
import { compareTool } from './tools/compare-images.ts';
import { imageTool } from './tools/describe-image.ts';
import { repositoryTool } from './tools/get-repository.ts';
import { packagesTool } from './tools/list-packages.ts';
import { tagsTool } from './tools/list-tags.ts';
import { searchTool } from './tools/search-repositories.ts';

export const MCP_TOOLS: readonly McpTool[] = [
  searchTool,
  repositoryTool,
  tagsTool,
  imageTool,
  packagesTool,
  compareTool,
];
