import { uploadRequestSchema } from './core/api/request.ts';
import { checkAgainst } from './core/api/validation.ts';
import { readEnvironment } from './io/environment.ts';
import { createImageStore } from './io/image/uploads.ts';
import { apiHandler, jsonBody, jsonReply, valueOrBadRequest } from './io/lambda/api-handler.ts';
import { requireOwner } from './io/lambda/owner.ts';

const environment = readEnvironment('create-upload');
const images = createImageStore(environment.VIDEO_BUCKET);

/** `POST /uploads`: an address to send one image to, and the value to give as a media input afterwards. */
export const handler = apiHandler(async (event, now) => {
  const image = valueOrBadRequest(checkAgainst(uploadRequestSchema, jsonBody(event)));
  return jsonReply(201, await images.sign(image, requireOwner(event), now));
});
