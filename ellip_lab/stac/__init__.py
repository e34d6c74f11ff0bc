"""Room `stac`: catalogues of the SpatioTemporal Asset Catalog standard."""
