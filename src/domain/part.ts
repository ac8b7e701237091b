/** The temporary name that a file has on its way: in the folder where it belongs, so that a rename ends the way. */

/** Of the name so many characters: at most 200 bytes of the 255 that a name may have. */
const MOST = 50;

const slash = (path: string): number => path.lastIndexOf('/') + 1;

export const folderOf = (path: string): string => path.slice(0, slash(path));
export const nameOf = (path: string): string => path.slice(slash(path));

/** What the temporary names of a file begin with. */
export const partPrefix = (path: string): string => `.${[...nameOf(path)].slice(0, MOST).join('')}.devtop-`;

/** @param mark eight hexadecimal digits. */
export const partOf = (path: string, mark: string): string => `${folderOf(path)}${partPrefix(path)}${mark}`;

export const isMark = (text: string): boolean => /^[0-9a-f]{8}$/.test(text);
