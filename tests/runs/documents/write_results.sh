set -e
echo report > report.txt
echo beside > report.txt.aux
echo one > 1.log
echo two > 2.log
mkdir -p tables/deep catalog/items/a catalog/items/b
echo table > tables/table.csv
echo deeper > "tables/deep/a table?.csv"
echo raster-a > catalog/items/a/a.tif
echo raster-b > catalog/items/b/b.tif
item() {
  cat > "catalog/items/$1/$1.json" <<JSON
{"type": "Feature", "stac_version": "1.0.0", "stac_extensions": [], "id": "$1", "geometry": null,
 "properties": {"datetime": "2026-01-01T00:00:00Z"},
 "links": [{"rel": "root", "href": "$2", "type": "application/json"},
           {"rel": "parent", "href": "$2", "type": "application/json"},
           {"rel": "self", "href": "file://$3/catalog/items/$1/$1.json"},
           {"rel": "derived_from", "href": "https://example.org/scene.json"}],
 "assets": {"data": {"href": "$4", "type": "image/tiff"},
            "there": {"href": "https://example.org/far.tif"}}}
JSON
}
item a ../../catalog.json "$1" ./a.tif
item b "$1/catalog/catalog.json" "$1" "$1/catalog/items/b/b.tif"
cat > catalog/catalog.json <<JSON
{"type": "Catalog", "stac_version": "1.0.0", "id": "results", "description": "two",
 "links": [{"rel": "root", "href": "./catalog.json", "type": "application/json"},
           {"rel": "item", "href": "./items/a/a.json", "type": "application/geo+json"},
           {"rel": "item", "href": "$1/catalog/items/b/b.json", "type": "application/geo+json"}]}
JSON
