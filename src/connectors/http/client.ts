/** The one HTTP client: one attempt, bounded in time and size, with every failure named by its kind (DESIGN 5). */
export type { HttpAnswer, HttpClient, HttpClientOptions, HttpRequest } from './request.js';
