/** How balena names a device: by 32 digits, or 62 on some, of which seven are shown. */

const FULL = /^(?:[0-9a-f]{32}|[0-9a-f]{62})$/;
const BEGUN = /^[0-9a-f]{7,62}$/;

export const isFullUuid = (text: string): boolean => FULL.test(text);

/** A full one, or so much of its beginning that it can be looked for. */
export const isUuid = (text: string): boolean => BEGUN.test(text);

/** What balena's dashboard shows of it, and what balenaOS calls itself in its network (`8f2c91d.local`). */
export const shortUuid = (uuid: string): string => uuid.slice(0, 7);
