"""The pages of the work agency about applications: registering, following and closing them."""
