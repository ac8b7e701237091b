/** What is being unpacked, told by where to. */

export type Kind = 'app' | 'host' | 'copy' | 'other';

export const KIND_NAMES: Readonly<Record<Kind, string>> = {
	app: 'app',
	host: 'host OS update',
	copy: 'copy into a container',
	other: 'unpack',
};

/**
 * Roots of pulls end in `/overlay2/ID/diff` (aufs: `/aufs/diff/ID`); the engine of an OS update keeps its own below
 * /mnt/sysroot. `docker cp` unpacks into `…/merged` or a container's root.
 */
export function kindOf(path: string): Kind {
	if (/\/merged(?:\/|$)/.test(path)) return 'copy';
	if (path.startsWith('/mnt/sysroot/')) return 'host';
	if (/^\/(?:var\/lib\/(?:docker|balena-engine|balena)|mnt\/data\/docker|resin-data\/docker)\//.test(path))
		return 'app';
	return 'other';
}

/** The layer's cache id, twelve digits as engines shorten ids; null where the path has none. */
export function layerOf(path: string): string | null {
	const found = /\/(?:overlay2|aufs\/diff|overlay)\/([0-9a-f]{12,64})(?:-init)?(?:\/|$)/.exec(path)?.[1];
	return found === undefined ? null : found.slice(0, 12);
}

/** The end of an image's name, without the registry: `v2/8f425c77…:latest` is as long as it gets. */
export function shortImage(name: string): string {
	const [, repository = name, tag] = /^(.*?)(?:@sha256:[0-9a-f]+)?$/.exec(name) ?? [];
	const last = repository.slice(repository.lastIndexOf('/') + 1) + (tag ?? '');
	return last === '' ? name : last.replace(/^([0-9a-f]{12})[0-9a-f]{20,}/, '$1…');
}
