"""The sweep Wide-one."""
