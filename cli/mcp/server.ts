import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { VideosClient } from '../../client/index.ts';
import { VERSION } from '../../lambdas/core/version.ts';
import { INSTRUCTIONS } from './instructions.ts';
import { addListTool, addTemplateTool } from './list-tools.ts';
import { addLookTools } from './look-tools.ts';
import { createPace } from './pace.ts';
import { addStartTool } from './start-tool.ts';
import { addTaskTools } from './task-tools.ts';

export interface AgentServerOptions {
  readonly client: VideosClient;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** The agent's tools over the HTTPS API. It starts nothing that is not confirmed with its price. */
export function createAgentServer(options: AgentServerOptions): McpServer {
  const { client } = options;
  const server = new McpServer({ name: 'template-video', version: VERSION }, { instructions: INSTRUCTIONS });
  addTemplateTool(server, client);
  addStartTool(server, client);
  addLookTools(server, createPace(options));
  addListTool(server, client);
  addTaskTools(server, client);
  return server;
}
