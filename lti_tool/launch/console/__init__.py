"""The administrators' console at `/admin`: platforms, deployments, launches and keys."""
