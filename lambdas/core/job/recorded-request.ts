import { withoutInlineImage } from '../image/inline.ts';
import { isShallow, MAX_JSON_DEPTH } from '../json/depth.ts';
import { kindOf, withImages } from '../minimax/request-kind.ts';
import { withoutCredentials } from '../text/links.ts';

/**
 * A request for job documents, `job.json` and events. Inline images are replaced by their hashes, and links lose their
 * credentials. `metadata` and the caller's texts stay unchanged. A request that is nested too deep to be written
 * as JSON becomes a text that says so, because the console accepts any input.
 */
export function asRecorded<Request>(request: Request): Request {
  if (!isShallow(request))
    return `(nested more than ${MAX_JSON_DEPTH} levels deep: see the execution's input)` as Request;
  const light = withImages(request, withoutInlineImage);
  if (typeof light !== 'object' || light === null) return withoutCredentials(light) as Request;
  const callersOwn: readonly string[] = ['metadata', ...kindOf(request).textFields];
  const own = Object.entries(light).filter(([name]) => callersOwn.includes(name));
  return Object.assign(withoutCredentials(light) as object, Object.fromEntries(own)) as Request;
}
