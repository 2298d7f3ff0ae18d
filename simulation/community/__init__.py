"""Who lives where and knows whom, which is fate; grids, groups and posts, which are policy."""
