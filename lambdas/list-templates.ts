import { toCatalogue } from './core/template-catalogue.ts';
import { apiCall, jsonReply } from './io/api-call.ts';
import { readEnvironment } from './io/environment.ts';

const environment = readEnvironment('list-templates');
const catalogue = toCatalogue(environment.MINIMAX_API_HOST);

/** `GET /templates`: what is known of MiniMax's templates, and since when. */
export const handler = apiCall(async () => jsonReply(200, catalogue));
