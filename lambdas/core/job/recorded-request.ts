import { withoutInlineImage } from '../image/inline.ts';
import { isShallow, MAX_JSON_DEPTH } from '../json/depth.ts';
import { kindOf, withImages } from '../minimax/request-kind.ts';
import { withoutCredentials } from '../text/links.ts';

/**
 * A request as it may be kept: in job documents, in `job.json` and in events. Inline images are named by their hashes, links
 * lose what may open them, and `metadata` and the caller's texts stay as they are. What is nested too deep to be written as JSON
 * is a text that says so: the console takes any input.
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
