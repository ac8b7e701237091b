/** What the engine and the supervisor write when they come and go, from a captured crash; ids and times are filled in. */

/** [milliseconds after the start, level, text] of the engine's process. */
export const ENGINE_START: readonly (readonly [afterMs: number, level: 'info' | 'warning', text: string])[] = [
	[136, 'info', 'msg="Starting up"'],
	[136, 'warning', 'msg="Running experimental build"'],
	[140, 'info', 'msg="libcontainerd: started new containerd process" pid=2608'],
	[140, 'info', 'msg="[core] parsed scheme: \\"unix\\"" module=grpc'],
	[140, 'info', 'msg="[core] ClientConn switching balancer to \\"pick_first\\"" module=grpc'],
	[
		219,
		'warning',
		'msg="containerd config version `1` has been deprecated and will be removed in containerd v2.0, please switch to version `2`, see https://github.com/containerd/containerd/blob/main/docs/PLUGINS.md#version-header"',
	],
	[221, 'info', 'msg="starting containerd" revision="1.6.20~ds1-1+deb12u3" version="1.6.20~ds1"'],
	[
		246,
		'warning',
		'msg="failed to load plugin io.containerd.snapshotter.v1.devmapper" error="devmapper not configured"',
	],
	[269, 'info', 'msg=serving... address=/var/run/docker/containerd/containerd-debug.sock'],
	[270, 'info', 'msg="containerd successfully booted in 0.050739s"'],
	[337, 'warning', 'msg="Your kernel does not support cgroup blkio weight"'],
	[337, 'warning', 'msg="Your kernel does not support cgroup blkio weight_device"'],
	[338, 'info', 'msg="Loading containers: start."'],
];

export const ENGINE_READY: readonly string[] = [
	'msg="Loading containers: done."',
	'msg="Docker daemon" commit=5d6db84 graphdriver(s)=overlay2 version=20.10.24+dfsg1',
	'msg="Daemon has completed initialization"',
];
export const ENGINE_LISTENS: readonly string[] = [
	'msg="API listen on /run/balena-engine.sock"',
	'msg="API listen on /run/docker.sock"',
	'msg="API listen on /run/balena.sock"',
];

export const SUPERVISOR_START: readonly (readonly [
	level: 'info' | 'warn' | 'debug' | 'success' | 'event',
	text: string,
])[] = [
	['info', 'Supervisor v14.0.8 starting up...'],
	['info', 'Setting host to discoverable'],
	['warn', 'Invalid firewall mode: . Reverting to state: off'],
	['info', 'Applying firewall mode: off'],
	['debug', 'Starting systemd unit: avahi-daemon.service'],
	['debug', 'Starting systemd unit: avahi-daemon.socket'],
	['debug', 'Starting logging infrastructure'],
	['success', 'Firewall mode applied'],
	['debug', 'Starting api binder'],
	['event', 'Event: Supervisor start {}'],
	['info', 'Starting API server'],
	['info', 'Supervisor API successfully started on port 48484'],
	['debug', 'VPN status path exists.'],
	['info', 'VPN connection is active.'],
	['info', 'Applying target state'],
	['debug', 'Finished applying target state'],
	['success', 'Device state apply success'],
];
