import { join } from 'node:path';
import { startLocalService } from '../../local/local-service.ts';

/** The process that is killed: the local service over a given folder. */
const [assembly = '', folder = '', apiKey = ''] = process.argv.slice(2);

const service = await startLocalService({
  assembly,
  objectFolder: join(folder, 'objects'),
  stateFolder: join(folder, 'state'),
  secrets: new Map([['minimax/api-key', apiKey]]),
});
console.log(JSON.stringify({ url: service.url, resumed: service.resumed.length }));
