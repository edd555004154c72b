# An administrator's console: does what the files in $ORDERS say, one after the other, and answers beside them.
loop do
  Dir[File.join(ENV.fetch('ORDERS'), '*.rb')].sort.each do |file|
    Setting.clear_cache
    begin
      load file
      answer = ''
    rescue StandardError, SyntaxError => e
      answer = "#{e.class}: #{e.message}"
    end
    File.delete(file)
    File.write("#{file}.part", answer)
    File.rename("#{file}.part", "#{file}.done")
  end
  sleep 0.05
end
