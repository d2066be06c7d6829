import { toCatalogue } from './core/minimax/templates.ts';
import { readEnvironment } from './io/environment.ts';
import { apiHandler, jsonReply } from './io/lambda/api-handler.ts';

const environment = readEnvironment('list-templates');
const catalogue = toCatalogue(environment.MINIMAX_API_HOST);

/** `GET /templates`: what is known of MiniMax's templates, and since when. */
export const handler = apiHandler(async () => jsonReply(200, catalogue));
