"""Files: rows of classes from and to csv, xlsx, json lines and xml."""
