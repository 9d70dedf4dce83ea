from pkg.inner import data
