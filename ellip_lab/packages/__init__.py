"""Room `packages`: EO Application Packages."""
