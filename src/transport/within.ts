/** Waits for something, but not for longer than this: null where it took longer. */
export async function within<Value>(limitMs: number, awaited: Promise<Value>): Promise<Value | null> {
	let timer: ReturnType<typeof setTimeout> | undefined;
	const late = new Promise<null>(resolve => {
		timer = setTimeout(() => resolve(null), limitMs);
	});
	try {
		return await Promise.race([awaited, late]);
	} finally {
		clearTimeout(timer);
	}
}
