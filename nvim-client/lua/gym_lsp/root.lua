-- Finds the NeMo Gym workspace of a file. This runs for every YAML and JSONL file, shell script and Markdown that the
-- user opens, so it checks names first and reads little.

local M = {}

--- The file types that can contain commands and configs. Neovim itself does not detect MDX; users choose a name for it.
M.DOCUMENTS = { 'markdown', 'markdown.mdx', 'mdx', 'sh', 'bash' }

--- A folder that contains one of these is the root of NeMo Gym's relative paths.
local MARKERS = {
  'gym-lsp.toml',
  'nemo_gym',
  'resources_servers',
  'responses_api_agents',
  'responses_api_models',
  'environment_servers',
}

--- Folders of a workspace that have common names, so the content of the file decides.
local COMMON = { 'environments', 'benchmarks' }

--- The number of lines that are read of a file whose path does not decide.
local LINES = 500

local TOP = { '^config_paths:', '^_inherit_from:', '^_copy:' }
local BELOW = {
  '^%s+resources_servers:',
  '^%s+responses_api_agents:',
  '^%s+responses_api_models:',
  '^%s+environment_servers:',
  '^%s+_inherit_from:',
  '^%s+_copy:',
  '^%s+nemo_gym:',
}

local function exists(path)
  return vim.uv.fs_stat(path) ~= nil
end

--- Returns whether a pyproject.toml mentions NeMo Gym or gym-lsp.
local function mentions_gym(path)
  local file = io.open(path, 'r')
  if not file then
    return false
  end
  local text = file:read('*a')
  file:close()
  return text:find('gym-lsp', 1, true) ~= nil or text:find('nemo[-_]gym') ~= nil
end

local function is_marked(folder)
  for _, name in ipairs(MARKERS) do
    if exists(vim.fs.joinpath(folder, name)) then
      return true
    end
  end
  return mentions_gym(vim.fs.joinpath(folder, 'pyproject.toml'))
end

--- Returns whether lines of YAML look like a NeMo Gym config, or like a training recipe.
---@param lines string[]
---@return boolean
function M.looks_like_gym(lines)
  for _, line in ipairs(lines) do
    for _, pattern in ipairs(line:find('^%s') and BELOW or TOP) do
      if line:find(pattern) then
        return true
      end
    end
  end
  return false
end

--- Returns the workspace of a file whose content is a config.
local function root_by_path(path)
  for folder in vim.fs.parents(path) do
    if vim.tbl_contains(COMMON, vim.fs.basename(folder)) then
      return vim.fs.dirname(folder)
    end
  end
  local project = vim.fs.find({ '.git', 'pyproject.toml' }, { path = vim.fs.dirname(path), upward = true })[1]
  return vim.fs.dirname(project or path)
end

--- Returns the path of a buffer; nil if it is not a file.
local function path_of(buffer)
  local name = vim.api.nvim_buf_get_name(buffer)
  if name == '' or vim.bo[buffer].buftype ~= '' then
    return nil
  end
  return vim.fs.normalize(vim.fn.fnamemodify(name, ':p'))
end

--- Returns the nearest folder upwards that is a root.
local function marked_above(path)
  for folder in vim.fs.parents(path) do
    if is_marked(folder) then
      return folder
    end
  end
end

--- Returns whether a shell script or Markdown may contain a command of NeMo Gym or, in a block of YAML, a config.
local function may_be_checked(buffer)
  for _, line in ipairs(vim.api.nvim_buf_get_lines(buffer, 0, -1, false)) do
    if line:find('gym[_%s]') or line:find('%f[%w]ng[_%s]') or line:find('[`~][`~][`~].*ya?ml') then
      return true
    end
  end
  return false
end

--- Returns the NeMo Gym workspace of a shell script or of Markdown with something to check; nil for any other. A
--- command alone does not make a folder a workspace.
---@param buffer integer
---@return string?
function M.of_document(buffer)
  local path = path_of(buffer)
  if not path or not may_be_checked(buffer) then
    return nil
  end
  for _, client in ipairs(vim.lsp.get_clients({ name = 'gym_lsp' })) do
    local root = client.root_dir or client.config.root_dir
    if root and vim.startswith(path, root .. '/') then
      return root
    end
  end
  return marked_above(path)
end

--- Returns the NeMo Gym workspace of a buffer; nil if it is not in one.
---@param buffer integer
---@return string?
function M.of(buffer)
  local path = path_of(buffer)
  if not path then
    return nil
  end
  local folder = marked_above(path)
  if folder then
    return folder
  end
  if M.looks_like_gym(vim.api.nvim_buf_get_lines(buffer, 0, LINES, false)) then
    return root_by_path(path)
  end
  return nil
end

return M
