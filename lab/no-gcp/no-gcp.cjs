exports.isAvailable = async () => false;
