import { checkAgainst } from './core/fault.ts';
import { uploadRequest } from './core/request.ts';
import { apiCall, jsonBody, jsonReply, unlessFaulty } from './io/api-call.ts';
import { readEnvironment } from './io/environment.ts';
import { createImageStore } from './io/image-store.ts';

const environment = readEnvironment('create-upload');
const images = createImageStore(environment.VIDEO_BUCKET);

/** `POST /uploads`: an address to send one image to, and the value to give as a media input afterwards. */
export const handler = apiCall(async (event, now) => {
  const image = unlessFaulty(checkAgainst(uploadRequest, jsonBody(event)));
  return jsonReply(201, await images.sign(image, now));
});
