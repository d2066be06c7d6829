import { listIdOf, toCursorText } from './core/table/list-filter.ts';
import { toListedVideo } from './core/table/listed-video.ts';
import { readEnvironment, toListRules } from './io/environment.ts';
import { apiHandler, jsonReply } from './io/lambda/api-handler.ts';
import { createTable } from './io/table/table.ts';
import { createVideoPages } from './io/table/video-pages.ts';
import { toListRequest } from './io/video/list-request.ts';
import { scopeOf } from './io/video/scope.ts';

const environment = readEnvironment('list-videos');
const rules = toListRules(environment);
const shown = { host: environment.MINIMAX_API_HOST, bucket: environment.VIDEO_BUCKET };
const pages = createVideoPages(createTable(environment.VIDEO_TABLE));

/** `GET /videos`: a page of the videos of the caller, newest first. */
export const handler = apiHandler(async (event, now) => {
  const owner = scopeOf(event, rules);
  const { filter, limit, after } = toListRequest(event, { owner, listedMetadata: rules.listedMetadata });
  const { entries, next } = await pages.page(filter, limit, after);
  return jsonReply(200, {
    videos: entries.map((entry) => toListedVideo(entry, { ...shown, now })),
    next_cursor: next === undefined ? undefined : toCursorText({ list: listIdOf(filter), position: next }),
  });
});
