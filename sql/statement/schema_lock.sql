-- One migration at a time. Where there is no schema yet, its own name sees to that.
lock table assocd.schema_version in share row exclusive mode
