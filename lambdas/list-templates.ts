import { toCatalogue } from './core/minimax/templates.ts';
import { readEnvironment } from './io/environment.ts';
import { apiHandler, jsonReply } from './io/lambda/api-handler.ts';

const environment = readEnvironment('list-templates');
const catalogue = toCatalogue(environment.MINIMAX_API_HOST);

/** `GET /templates`: the known templates of MiniMax, with the day on which they were read. */
export const handler = apiHandler(async () => jsonReply(200, catalogue));
