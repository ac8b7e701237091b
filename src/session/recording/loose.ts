/** Questions about values of JSON that may be anything. */

export type Loose = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Loose =>
	typeof value === 'object' && value !== null && !Array.isArray(value);
export const isText = (value: unknown): value is string => typeof value === 'string';
export const isNumber = (value: unknown): value is number => typeof value === 'number';
export const areTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
export const isTextOrNull = (value: unknown): boolean => value === null || isText(value);
export const isNumberOrNull = (value: unknown): boolean => value === null || isNumber(value);
export const isList = (value: unknown, one: (item: Loose) => boolean): boolean =>
	Array.isArray(value) && value.every(item => isObject(item) && one(item));
