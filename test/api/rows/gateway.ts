import { type Row, refused } from './row.ts';

const NO_SUCH_ROUTE: readonly [number, string] = [403, 'access-denied'];

/** What API Gateway answers by itself, because no function is behind the path and method. */
export const GATEWAY_ROWS: readonly Row[] = [
  ['GET', '/video'],
  ['GET', '/videos/1/2'],
  ['GET', '/videos/1/2/3'],
  ['GET', '/prod/videos'],
  ['PUT', '/videos'],
  ['PATCH', '/videos/1'],
  ['GET', '/uploads'],
  ['POST', '/templates'],
  ['OPTIONS', '/videos'],
].map(([method = '', path = '']) =>
  refused(`${method} ${path}`, () => ({ method, path }), NO_SUCH_ROUTE, {
    detail: 'The request is not signed, or the API has no such path or method.',
  }),
);
