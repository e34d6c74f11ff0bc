"""Room `toolboxes`: EO toolboxes as conda environments, installed without conda; their kernels and terminals."""
